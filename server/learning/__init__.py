"""What the assistant learns: grouped questions, impact previews, calibration from outcomes."""
