using System.Text;
using EmotionMLNet.Files;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Training.Data;

/// <summary>
/// A CSV file from anywhere, read record by record: RFC 4180, with blanks around cells dropped unless they are quoted. Whatever its bytes
/// are, what can't be read is a <see cref="TrainingException"/> with file, line and remedy, and no record takes more memory than the limits
/// below.
/// </summary>
internal sealed class CsvTable : IDisposable
{
    /// <summary>Longest record, in characters, and most cells of one.</summary>
    public const int MostCharacters = 1 << 20, MostCells = 4096;

    private readonly StreamReader reader;
    private readonly List<string> cells = [];
    private readonly StringBuilder cell = new();
    private int characters, lines = 1;

    /// <summary>Opens the file and reads its header.</summary>
    /// <param name="path">UTF-8, or UTF-16 with a byte order mark; bytes that are no text become U+FFFD.</param>
    /// <exception cref="TrainingException">It is no regular file, can't be read, or its first record is no header.</exception>
    public CsvTable(string path)
    {
        Path = path;
        reader = Open(path);
        try
        {
            if (!Read()) throw new TrainingException($"{path}: the table is empty: it needs a first line that names its columns.");
            Columns = [.. cells.Select(c => c.Trim().ToLowerInvariant())];
            if (Columns.Any(c => c.Contains('\0', StringComparison.Ordinal)))
                throw new TrainingException(
                    $"{path}:1: the header holds NUL characters, as UTF-16 without a byte order mark does: save the table as UTF-8."
                );
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>Names in lower case.</summary>
    public string[] Columns { get; }

    /// <summary>Line of the file in which the current record begins, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Moves to the next record; blank lines are none.</summary>
    /// <exception cref="TrainingException">The record is broken, or larger than a table of images has them.</exception>
    public bool Read()
    {
        try
        {
            do
            {
                cells.Clear();
                characters = 0;
                Line = lines;
                if (reader.Peek() < 0) return false;
                while (ReadCell()) { }
            }
            while (cells.Count == 1 && cells[0].Length == 0);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingFailedException($"{Path}: {e.Message}");
        }
    }

    /// <summary>A cell of the current record; empty where the record is shorter, and for a column of -1.</summary>
    public string Cell(int column) => column >= 0 && column < cells.Count ? cells[column] : "";

    /// <summary>A mistake in the current record.</summary>
    public TrainingException Wrong(string what) => new($"{Path}:{Line}: {what}");

    public void Dispose() => reader.Dispose();

    private static StreamReader Open(string path)
    {
        try
        {
            SafeFileHandle file = RegularFile.Open(path, long.MaxValue);
            return new StreamReader(new FileStream(file, FileAccess.Read), Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UnusableFileException)
        {
            throw new TrainingException(e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}");
        }
    }

    /// <summary>Reads a cell and what ends it.</summary>
    /// <returns>Whether another follows in this record.</returns>
    private bool ReadCell()
    {
        if (cells.Count == MostCells) throw Wrong($"more than {MostCells} columns: this is no table of images");
        cell.Clear();
        int c = Next();
        while (c is ' ' or '\t') c = Next();
        bool quoted = c == '"';
        if (quoted)
        {
            ReadQuoted();
            c = Next();
            while (c is ' ' or '\t') c = Next();
            if (c is not (',' or '\n' or '\r' or -1))
                throw Wrong("text follows a closing quote: put the whole cell in quotes, and double those inside it");
        }
        else
        {
            for (; c is not (',' or '\n' or '\r' or -1); c = Next())
            {
                if (c == '"') throw Wrong("a quote inside a cell: put the whole cell in quotes, and double those inside it");
                cell.Append((char)c);
            }
        }
        cells.Add(quoted ? cell.ToString() : cell.ToString().Trim());
        if (c == '\r' && reader.Peek() == '\n') reader.Read();
        if (c is '\n' or '\r') lines++;
        return c == ',';
    }

    private void ReadQuoted()
    {
        while (true)
        {
            int c = Next();
            if (c < 0) throw Wrong("a quote is opened and never closed");
            if (c == '"')
            {
                if (reader.Peek() != '"') return;
                Next();
            }
            if (c == '\n') lines++;
            cell.Append((char)c);
        }
    }

    private int Next()
    {
        if (++characters > MostCharacters) throw Wrong($"a line of more than {MostCharacters} characters: this is no table of images");
        return reader.Read();
    }
}
