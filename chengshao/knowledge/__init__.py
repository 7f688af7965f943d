"""Knowledge (知识库): answers with owners, read aloud to callers; guidance, cases to learn from."""
