"""Why a person got, or did not get, what she should."""
