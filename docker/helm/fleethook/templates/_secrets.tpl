{{- /* Which secrets a component reads, as a list of {variable, file, name, key}: only those, each as a file. */ -}}
{{- define "fleethook.secretsOf" -}}
{{- $all := .root.Values.secrets -}}
{{- $wanted := list (dict "variable" "KAFKA_SASL_PASSWORD" "from" $all.kafkaSaslPassword) -}}
{{- if eq .component "migrate" }}{{ $wanted = list }}{{ end -}}
{{- if has .component (list "api" "delivery") -}}
{{- $wanted = append $wanted (dict "variable" "SECRETS_KEY" "from" $all.secretsKey) -}}
{{- end -}}
{{- if has .component (list "api" "recorder" "migrate") -}}
{{- $wanted = append $wanted (dict "variable" "DATABASE_URL" "from" $all.databaseUrl) -}}
{{- end -}}
{{- if eq .component "api" -}}
{{- $wanted = append $wanted (dict "variable" "OPERATOR_API_KEY" "from" $all.operatorApiKey) -}}
{{- end -}}
{{- $given := list -}}
{{- range $wanted }}{{ if .from.name }}{{ $given = append $given . }}{{ end }}{{ end -}}
{{- $given | toJson -}}
{{- end }}

{{- define "fleethook.secretEnvironment" -}}
{{- range include "fleethook.secretsOf" . | fromJsonArray }}
- name: {{ .variable }}_FILE
  value: /run/fleethook/secrets/{{ .variable }}
{{- end }}
{{- end }}

{{- define "fleethook.secretVolume" -}}
{{- $secrets := include "fleethook.secretsOf" . | fromJsonArray -}}
{{- if $secrets }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $secrets }}
      - secret:
          name: {{ .from.name }}
          items:
            - { key: {{ .from.key }}, path: {{ .variable }} }
      {{- end }}
{{- end }}
{{- end }}
