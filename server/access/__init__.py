"""Who is calling, from where, and what they may do; every act is logged."""
