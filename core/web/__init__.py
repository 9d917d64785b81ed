"""What the portal answers by HTTP beside its pages, and how visitors and requests are told apart."""
