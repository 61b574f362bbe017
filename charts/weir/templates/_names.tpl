{{/* Labels of an object of a component. Takes root, component. */}}
{{- define "weir.labels" -}}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Namespace }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/name: weir
app.kubernetes.io/part-of: flux
app.kubernetes.io/version: {{ printf "v%s" .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The metadata of an object. Takes root, component, name; labels, annotations; cluster: whether it has no namespace. */}}
{{- define "weir.metadata" -}}
name: {{ .name }}
{{- if not .cluster }}
namespace: {{ .root.Release.Namespace }}
{{- end }}
labels:
  {{- include "weir.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* An image with its tag or digest. Takes root, values; version: the tag when none is given. */}}
{{- define "weir.image" -}}
{{- $tag := .values.tag | default .version -}}
{{- with .root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .values.image }}{{ ternary "@" ":" (hasPrefix "sha256:" $tag) }}{{ $tag -}}
{{- end }}

{{/* A security context without what OpenShift chooses itself. Takes root, context. */}}
{{- define "weir.confined" -}}
{{- toYaml (ternary (omit .context "runAsUser" "runAsGroup" "fsGroup") .context .root.Values.distro.openshift) }}
{{- end }}

{{/* Whether tenants are locked in: as asked, or unless the installation that is there is open. */}}
{{- define "weir.locked" -}}
{{- $locked := .Values.multitenancy.enabled -}}
{{- if eq (toString $locked) "auto" -}}
  {{- $locked = true -}}
  {{- with lookup "apps/v1" "Deployment" .Release.Namespace "kustomize-controller" -}}
    {{- $locked = has "--no-cross-namespace-refs=true" (first .spec.template.spec.containers).args -}}
  {{- end -}}
{{- end -}}
{{- ternary "true" "" $locked -}}
{{- end }}

{{/* Whether NATS is installed. */}}
{{- define "weir.nats" -}}
{{- ternary "true" "" (and .Values.nats.create .Values.notificationController.create) -}}
{{- end }}

{{/* The name of a Service inside the cluster. Takes root, name. */}}
{{- define "weir.host" -}}
{{ .name }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain }}.
{{- end }}

{{/* The Secret with the password for NATS. */}}
{{- define "weir.login" -}}
{{ .Values.nats.auth.existingSecret | default "nats-auth" }}
{{- end }}
