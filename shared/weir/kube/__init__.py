"""The only door to kubernetes_asyncio: paths and bodies go through its REST client, answers are decoded here."""
