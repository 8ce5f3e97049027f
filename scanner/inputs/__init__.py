"""Reading a target: one reader of the disk, one parser per format that never opens anything itself."""
