"""Payment gateways, one folder each; nothing outside names one but the setting GATEWAYS."""
