"""What Liaison remembers: tables, and one file of queries for each noun. Only here is SQL."""
