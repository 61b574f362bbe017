"""What changes the objects of a layer: one file each, the order in `weir.overlay.layer`."""
