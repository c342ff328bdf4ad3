"""The program: command line, configuration, Discord client and the local server."""
