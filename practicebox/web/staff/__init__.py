"""The staff door: receptionists, doctors and therapists on the practice LAN."""
