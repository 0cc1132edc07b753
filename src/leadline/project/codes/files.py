"""Codes about files and their form."""

from __future__ import annotations

from leadline.project.explanation import Explanation

FILES = (
    Explanation(
        "broken-yaml",
        "A file that cannot be read",
        "Nothing of this file is known until the line is mended, so whatever it says does not "
        "happen.",
        "YAML refuses the text here; the message says which habit of YAML it is.",
        "Mend the line as the message says; text with a colon, # or @ goes into quotes.",
    ),
    Explanation(
        "duplicate-key",
        "One name twice",
        "Only one of the two could hold, and nobody could tell which.",
        "YAML would silently take the last; Leadline refuses.",
        "Keep one of the two lines.",
    ),
    Explanation(
        "eaten-by-comment",
        "A value that reads as a comment",
        "The channel or text behind the # is lost, so the post would go nowhere.",
        "In YAML a # after a space begins a comment.",
        "Channel names carry no #; put a text with # in quotes.",
    ),
    Explanation(
        "empty-file",
        "An empty file",
        "The file looks as if something were set up, and nothing is.",
        "The file holds no value beside comments.",
        "Write something into it, or delete it.",
    ),
    Explanation(
        "empty-project",
        "No project here",
        "There is nothing to check.",
        "The directory has no project file.",
        "Make a project with leadline init, or name the directory of yours.",
    ),
    Explanation(
        "empty-value",
        "A name without a value",
        "Somebody began to write something here, and it says nothing.",
        "The value after the colon is empty.",
        "Write the value, or remove the line.",
    ),
    Explanation(
        "file-too-large",
        "A file that is far too large",
        "No file of a project is so large; it is most likely an export that landed in the wrong "
        "folder.",
        "Files above the limit are not read.",
        "Move it out of the project's folder.",
    ),
    Explanation(
        "forbidden-character",
        "A character that nobody can see",
        "Copied text brought something along that no editor shows and that changes names.",
        "Control characters and odd line ends are refused, so that the line in a message is the "
        "line in the editor.",
        "Delete the character; typing the word anew is quickest.",
    ),
    Explanation(
        "key-not-text",
        "A name that is not a word",
        "What stands here as a name is a list or a group of names, which means nothing.",
        "A key of a mapping must be a scalar.",
        "Write a name before the colon.",
    ),
    Explanation(
        "link-out-of-project",
        "A file that lies elsewhere",
        "The file is a link to somewhere outside of the project, which others do not have.",
        "Symbolic links that leave the project's directory are not followed.",
        "Put the file itself into the project.",
    ),
    Explanation(
        "missing-file",
        "A file that every project has",
        "Without it nothing can be said about people or places.",
        "leadline.yaml and data/contact.yaml must be there.",
        "Write the file; leadline init shows one.",
    ),
    Explanation(
        "nested-too-deep",
        "Braces inside braces",
        "Nobody can read this, and so nobody sees what is wrong in it.",
        "More than one brace inside another, or more levels than any honest file has.",
        "Write it on lines of their own, indented below the name.",
    ),
    Explanation(
        "not-utf-8",
        "A file in another encoding",
        "Names with accents would come out garbled in mails.",
        "Project files are UTF-8.",
        "Save the file as UTF-8.",
    ),
    Explanation(
        "second-document",
        "Two documents in one file",
        "The second half would be lost.",
        "A line of three hyphens begins another YAML document.",
        "Keep one document in a file.",
    ),
    Explanation(
        "unreadable-file",
        "A file that cannot be opened",
        "What it says is not known.",
        "The operating system refuses to read it.",
        "Give yourself the right to read it, or remove it.",
    ),
    Explanation(
        "yaml-anchor",
        "A YAML anchor",
        "A text that begins with & or * means something else to YAML, and would be replaced.",
        "Anchors and aliases are not used: what is not visible on the line cannot be reviewed.",
        "Put the text in quotes, or write it out.",
    ),
    Explanation(
        "yaml-tag",
        "A YAML tag",
        "A text that begins with ! means something else to YAML.",
        "Tags are not used; types come from the project's own files.",
        "Put the text in quotes, or remove the tag.",
    ),
    Explanation(
        "two-files",
        "Two files with one name",
        "Only one of the two could hold, and nobody could tell which.",
        "Two files of a folder differ in their ending only.",
        "Keep one of the two files.",
    ),
    Explanation(
        "unknown-key",
        "A name that means nothing",
        "What you wrote on this line would not happen, because it is misspelt or does not belong "
        "here.",
        "The key is not in the published schema of this file kind.",
        "Use the name that the message offers, or remove the line.",
    ),
    Explanation(
        "missing-key",
        "Something that must be said",
        "Without it nobody knows what should happen.",
        "A required key of the schema is missing.",
        "Add the line.",
    ),
    Explanation(
        "wrong-shape",
        "A list where one value belongs, or the other way round",
        "It cannot be told what is meant.",
        "The node is a scalar, a list or a mapping where the schema wants another.",
        "Write it in the form that the message shows.",
    ),
    Explanation(
        "bad-name",
        "A name that cannot be one",
        "Names stand in addresses, figures and logs, and this one would not survive there.",
        "Names of projects, environments, files, fields and steps are small letters, digits and "
        "hyphens (fields: underscores), beginning with a letter.",
        "Write it in small letters, with hyphens for spaces.",
    ),
    Explanation(
        "unknown-word",
        "A word that is not on the list",
        "It is not known what should happen for this word.",
        "The value is not one of the closed list that the schema has here.",
        "Use one of the words that the message lists.",
    ),
)
