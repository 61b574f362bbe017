"""The words: every API type that Weir serves or sends, as frozen Structs. Nothing here touches the world."""
