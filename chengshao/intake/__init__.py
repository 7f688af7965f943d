"""Intake (受理渠道): what comes by each channel is screened here and becomes a report."""
