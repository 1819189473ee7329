"""How is the dashboard a site that needs no server?"""
