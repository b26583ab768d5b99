"""Drawing of maps of many starts or settings, shared by the views and the exported figures."""
