"""What every floor stands on: settings, database session, clock, identifiers, encryption, errors, words."""
