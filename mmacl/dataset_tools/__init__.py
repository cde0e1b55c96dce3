"""Programs over data sets: conversion, inspection, export of annotations."""
