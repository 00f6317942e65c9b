"""The directory of patients: rows, name pages, search in memory, deletion by throwing keys away."""
