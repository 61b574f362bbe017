{{/* The first arguments of every controller, as JSON. Takes root; events: whether it posts events. Their numbers are API. */}}
{{- define "weir.arguments" -}}
{{- $args := list -}}
{{- if .events -}}
  {{- $to := "" -}}
  {{- if .root.Values.notificationController.create -}}
    {{- $to = printf "http://%s/" (include "weir.host" (dict "root" .root "name" "notification-controller")) -}}
  {{- end -}}
  {{- $args = append $args (printf "--events-addr=%s" $to) -}}
{{- end -}}
{{- concat $args (list
  (printf "--watch-all-namespaces=%t" .root.Values.watchAllNamespaces)
  (printf "--log-level=%s" .root.Values.logLevel)
  "--log-encoding=json"
  "--enable-leader-election"
) | toJson -}}
{{- end }}
