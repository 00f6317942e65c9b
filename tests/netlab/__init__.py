"""The network lab: practice, internet and patients' networks on one machine (docs/netlab.md)."""
