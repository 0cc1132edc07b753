"""A workflow as plain sentences that a marketer can sign, in English and in German."""
