"""Operations: one short function for each endpoint, in three moves: read, decide, respond."""
