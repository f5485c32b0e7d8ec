// The map beside a list of services.
