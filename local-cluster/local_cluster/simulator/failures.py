"""Which failure a Pod is told to play."""

from .reading import Body

FAIL = "local.weir.dev/fail"
"""Annotation of a pod template: `image-pull`, `crash-loop`, `never-ready` or `deadline`."""

IMAGE_PULL, CRASH_LOOP, NEVER_READY, DEADLINE = "image-pull", "crash-loop", "never-ready", "deadline"
_TAGS = {"broken": IMAGE_PULL, "fail": CRASH_LOOP}


def failure(obj: Body) -> str:
    """The failure of a Pod or pod template: its annotation, else what the tag of an image asks for; or empty."""
    told = ((obj.get("metadata") or {}).get("annotations") or {}).get(FAIL, "")
    if told in (IMAGE_PULL, CRASH_LOOP, NEVER_READY, DEADLINE):
        return str(told)
    images = [str(each.get("image", "")) for each in (obj.get("spec") or {}).get("containers") or ()]
    tags = [image.rsplit("/", 1)[-1].partition("@")[0].partition(":")[2] for image in images]
    return next((_TAGS[tag] for tag in tags if tag in _TAGS), "")


def failing_image(image: str) -> str:
    """The failure that an image's tag asks for, or empty."""
    return _TAGS.get(image.rsplit("/", 1)[-1].partition("@")[0].partition(":")[2], "")
