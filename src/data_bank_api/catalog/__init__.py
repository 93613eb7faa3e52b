"""The catalog: every dataset of the Hub, with its impact; kept in Redis, crawled by jobs."""
