"""What patients agree to: the texts in versions, consents sealed with the patient, the door."""
