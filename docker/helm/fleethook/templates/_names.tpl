{{- define "fleethook.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "fleethook.selector" -}}
app.kubernetes.io/name: fleethook
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "fleethook.labels" -}}
{{ include "fleethook.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "fleethook.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "fleethook.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- /* A value as it was written. Helm reads a number of a file as a fraction, and writes one from a million on with an exponent. */ -}}
{{- define "fleethook.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end -}}
{{- end }}

{{- /*
Adds to settings the ports that the network policies let through: on another one an endpoint would be taken, and then never answer.
Through a proxy the policies have the proxy's port, which says nothing of endpoints.
*/ -}}
{{- define "fleethook.egressPorts" -}}
{{- $policies := .root.Values.networkPolicies -}}
{{- $isOpen := or (not $policies.enabled) (empty $policies.endpointPorts) -}}
{{- $isSaid := or (hasKey .settings "EGRESS_PORTS") (hasKey .settings "EGRESS_PROXY") (hasKey .settings "EGRESS_PROXY_FILE") -}}
{{- if and (has .component (list "api" "delivery")) (not $isOpen) (not $isSaid) -}}
{{- $ports := list -}}
{{- range $policies.endpointPorts }}{{ $ports = append $ports (include "fleethook.text" .) }}{{ end -}}
{{- $_ := set .settings "EGRESS_PORTS" (join "," $ports) -}}
{{- end -}}
{{- end }}
