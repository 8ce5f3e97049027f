"""Archives read as streams: nothing is unpacked to disk, nothing runs, every bound that is met becomes a gap."""
