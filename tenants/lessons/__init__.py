"""What conversations teach: suggestions, unanswered questions, verdicts, without personal data."""
