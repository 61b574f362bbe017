{{/* The configuration of NATS. Takes the root. */}}
{{- define "weir.nats.conf" -}}
server_name: $POD_NAME
port: 4222
http_port: 8222
max_payload: 4MB
jetstream {
  store_dir: "/data"
  max_memory_store: 64MB
  sync_interval: always
}
authorization {
  user: weir
  password: $NATS_PASSWORD
}
{{- if .Values.nats.tls.existingSecret }}
{{ include "weir.nats.tls" . }}
{{- end }}
{{- if gt (int .Values.nats.replicas) 1 }}
cluster {
  name: weir
  port: 6222
  authorization {
    user: weir
    password: $NATS_PASSWORD
  }
  {{- if .Values.nats.tls.existingSecret }}
  {{- include "weir.nats.tls" . | nindent 2 }}
  {{- end }}
}
{{- end }}
{{- end }}

{{- define "weir.nats.tls" -}}
tls {
  cert_file: "/etc/nats-tls/tls.crt"
  key_file: "/etc/nats-tls/tls.key"
  ca_file: "/etc/nats-tls/ca.crt"
}
{{- end }}
