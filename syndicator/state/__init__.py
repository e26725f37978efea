"""What must outlive the process: ledger, documents, deliveries."""
