"""What leaves the house on paper: QR codes, letters, recovery sheets.

Importing this room or its modules loads none of the heavy libraries: `typst` comes at the first
page set, `qrcode` (with Pillow, where that happens to be installed) at the first code drawn.
"""
