"""Documents that people print, post and open: values in, bytes out; no files, no database, no roads.

`book` holds the values. `timetable_pdf` and `notice_pdf` print them, `workbook` makes the spreadsheet, `gtfs`
the feed, `page` the web page. A new kind of document is a new module or template over the same values.
"""
