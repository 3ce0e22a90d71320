"""Kills processes in the midst of work that is done whole or not at all; what is left?"""
