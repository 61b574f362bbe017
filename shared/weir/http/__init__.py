"""The only way out besides the Kubernetes API: HTTP with limits, TLS material, proxies and retries.

Texts of errors name the host alone: paths and queries of webhooks are secrets as often as not.
"""

from weir.http.errors import HttpError
from weir.http.pools import Tls
from weir.http.session import MOST_REDIRECTS, ONCE, Answer, Retry, Session

__all__ = ["MOST_REDIRECTS", "ONCE", "Answer", "HttpError", "Retry", "Session", "Tls"]
