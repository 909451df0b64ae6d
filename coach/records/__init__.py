"""Case records: what a recovery leaves behind, so that patterns can be seen. Nothing is stored unless storing is switched on."""
