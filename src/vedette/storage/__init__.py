"""people.db: accounts and conversations in a database of SQLite, PostgreSQL, MariaDB or MySQL."""
