"""What becomes of a row: corrected, merged, judged, and put in its one place."""
