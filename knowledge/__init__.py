"""The domain: model, packs, matching, answers and store. Imports nothing from Discord."""
