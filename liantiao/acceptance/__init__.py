"""What an acceptance leaves for people: the page, the workbook, the document, JUnit, their hashes and signatures."""
