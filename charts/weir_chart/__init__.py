"""What of the chart is generated: values, their schema and the README from `values`, CRDs and roles from `weir`."""
