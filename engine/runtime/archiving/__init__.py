"""Evidence as an archive: files under readable names, a manifest that tells what each is, and a check of both."""
