"""An SMTP submission server as SES runs it, with SES's delivery events through SNS."""
