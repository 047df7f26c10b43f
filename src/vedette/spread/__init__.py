"""network -> rates -> simulate -> calibrate -> forecast -> contain"""
