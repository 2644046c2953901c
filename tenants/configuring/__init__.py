"""An assistant as its tenant set it up: settings, revisions, features, labels, calibration."""
