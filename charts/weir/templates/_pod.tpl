{{/* What a Pod says of where and as whom it runs. Takes root, values. */}}
{{- define "weir.placement" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "weir.confined" (dict "root" .root "context" .values.podSecurityContext) | nindent 2 }}
terminationGracePeriodSeconds: {{ .values.terminationGracePeriodSeconds }}
{{- with .values.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
The Deployment of a controller. Takes root, name, values; args, ports, ready (the path and port that say so), volumes, mounts;
strategy, envFrom. Documented patches address container 0, arguments and volumes by number: nothing may come before them.
*/}}
{{- define "weir.deployment" -}}
{{- $labels := dict "root" .root "component" .name -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- $controller := dict "control-plane" "controller" }}
  {{- include "weir.metadata" (merge (dict "name" .name "labels" $controller) $labels) | nindent 2 }}
spec:
  replicas: {{ .values.replicas }}
  {{- with .strategy }}
  strategy:
    type: {{ . }}
  {{- end }}
  selector:
    matchLabels:
      app: {{ .name }}
  template:
    metadata:
      labels:
        app: {{ .name }}
        {{- include "weir.labels" $labels | nindent 8 }}
        {{- with .values.labels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with merge (dict) .values.annotations .root.Values.commonAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ .name }}
      {{- include "weir.placement" . | nindent 6 }}
      containers:
        - name: manager
          image: {{ include "weir.image" (merge (dict "version" (printf "v%s" .root.Chart.AppVersion)) .) | quote }}
          imagePullPolicy: {{ .values.imagePullPolicy }}
          args:
            {{- concat .args .values.container.additionalArgs | toYaml | nindent 12 }}
          env:
            - name: RUNTIME_NAMESPACE
              valueFrom:
                fieldRef:
                  fieldPath: metadata.namespace
            - name: GOMEMLIMIT
              valueFrom:
                resourceFieldRef:
                  containerName: manager
                  resource: limits.memory
            {{- with .values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with .envFrom }}
          envFrom:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            {{- range $name, $port := .ports }}
            - name: {{ $name }}
              containerPort: {{ $port }}
              protocol: TCP
            {{- end }}
          livenessProbe:
            {{- $live := dict "httpGet" (dict "path" "/healthz" "port" "healthz") "timeoutSeconds" 5 }}
            {{- mergeOverwrite $live .values.livenessProbe | toYaml | nindent 12 }}
          readinessProbe:
            {{- mergeOverwrite (dict "httpGet" .ready "timeoutSeconds" 5) .values.readinessProbe | toYaml | nindent 12 }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          securityContext:
            {{- toYaml .values.securityContext | nindent 12 }}
          volumeMounts:
            {{- concat .mounts .values.volumeMounts | toYaml | nindent 12 }}
      volumes:
        {{- concat .volumes .values.volumes | toYaml | nindent 8 }}
{{- end }}
