using System.Security.Cryptography;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Predictor;

/// <summary>One run: files in, rows out, in order, in flat memory.</summary>
internal sealed class PredictRun(PredictOptions options, RunConsole console)
{
    private const int MostCopyErrors = 5;

    private int files, copyErrors;

    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Execute(CancellationToken cancellation)
    {
        long start = console.Time.GetTimestamp();
        EmotionClassifier classifier = ModelChoice.Load(options.Model, new EmotionClassifierOptions
        {
            Reader = ImageReaderOptions.Default with { MaxPixels = options.MaxPixels },
            TestTimeAugmentation = TestTimeAugmentation.Parse(options.Tta),
        });
        if (!options.Quiet && LabelNotice.IsDue(console.StateFolder, console.Time)) PrintMessage(LabelNotice.Text);
        RowFormat format = RowFormat.For(options.FormatName, classifier.Labels, options.Top, options.CsvSafe);
        var counts = new LabelCounts(classifier.Labels);
        using ResultFile? file = options.File is { } path ? ResultFile.Open(path, Key(), format, options.Force, counts) : null;
        if (file is { Done: > 0 }) PrintMessage($"continuing: {ConsoleText.Count(file.Done, "file is", "files are")} done");
        ImageFiles found = Files(cancellation);
        try
        {
            using IRowWriter rows = file ?? (IRowWriter)new RowStream(console.Output, format);
            Classify(classifier, found, rows, file, counts, cancellation);
            rows.Complete();
        }
        catch (Exception e)
        {
            string kept = options.File is null ? "" : $"; what is done is kept, and this goes on: {console.Command}";
            PrintMessage($"{(e is OperationCanceledException ? "cancelled" : "stopped")} after {ConsoleText.Count(files, "file")}{kept}");
            if (e is OperationCanceledException) return ExitCode.Cancelled;
            throw;
        }
        if (!options.Quiet) Summarise(found, counts, console.Time.GetElapsedTime(start));
        if (counts.Labelled == 0) PrintMessage($"nothing was classified{Why(found, counts)}");
        return counts.Unreadable > 0 || counts.Labelled == 0 || copyErrors > 0 ? ExitCode.Findings : ExitCode.Ok;
    }

    private void Classify(
        EmotionClassifier classifier,
        ImageFiles found,
        IRowWriter rows,
        ResultFile? file,
        LabelCounts counts,
        CancellationToken cancellation
    )
    {
        bool isToDo(FoundFile f) => file is null || !file.Has(f.Path);
        using FileCount? ahead = options.Quiet || options.ReadsPaths ? null : new FileCount(Files(cancellation), isToDo);
        using ConsoleProgress? progress = options.Quiet
            ? null
            : new ConsoleProgress("classifying", "files", console.Messages, console.IsTerminal, console.Time);
        Sorter? sorter = options.SortInto is { } root ? new Sorter(root, classifier.Labels) : null;
        foreach (Row row in Rows(classifier, found.Enumerate(cancellation).Where(isToDo), cancellation))
        {
            if (sorter?.Place(row) is { } problem && ++copyErrors <= MostCopyErrors)
                Above(progress, () => PrintMessage($"{row.Path} could not be copied: {problem}"));
            if (console.IsShared && file is null) Above(progress, () => rows.Add(row));
            else rows.Add(row);
            files++;
            counts.Add(row.Class);
            progress?.Report(new WorkProgress(files, ahead?.Total ?? 0));
        }
    }

    // What can't be classified waits for its turn among what can.
    private IEnumerable<Row> Rows(EmotionClassifier classifier, IEnumerable<FoundFile> found, CancellationToken cancellation)
    {
        var turns = new Queue<FoundFile>();
        foreach (FileResult result in classifier.ClassifyMany(Readable(), options.Threads, cancellation))
        {
            while (turns.Dequeue() is { Problem: { } problem } unreadable) yield return Row.Failed(unreadable.Path, problem);
            yield return Row.From(result, options.Threshold);
        }
        foreach (FoundFile unreadable in turns) yield return Row.Failed(unreadable.Path, unreadable.Problem!);

        IEnumerable<string> Readable()
        {
            foreach (FoundFile file in found)
            {
                turns.Enqueue(file);
                if (file.Problem is null) yield return file.Path;
            }
        }
    }

    private ImageFiles Files(CancellationToken cancellation) =>
        new(
            options.Paths.SelectMany(p =>
                p == PredictOptions.Standard ? PathList.Read(console.Input, options.NulSeparated, cancellation) : [p]
            ),
            options.Recursive,
            options.SortInto
        );

    private void Summarise(ImageFiles found, LabelCounts counts, TimeSpan elapsed)
    {
        PrintMessage(
            $"{ConsoleText.Count(files, "file")} in {ConsoleText.Duration(elapsed.TotalSeconds)} with "
                + $"{Path.GetFileName(options.Model)}{(options.File is null ? "" : $": {options.File}")}"
        );
        if (counts.Labelled + counts.Unreadable > 0)
        {
            foreach (string line in counts.Table(found.Skipped)) console.Messages.WriteLine(line);
        }
        if (copyErrors > 0) PrintMessage($"{ConsoleText.Count(copyErrors, "file")} could not be copied into {options.SortInto}");
        if (found.LinksPassed > 0)
            PrintMessage($"{ConsoleText.Count(found.LinksPassed, "link to a folder was", "links to folders were")} not followed");
        if (found.NotEntered > 0 && counts.Labelled > 0) PrintMessage(NotEntered(found));
    }

    private static string Why(ImageFiles found, LabelCounts counts)
    {
        var reasons = new List<string>();
        if (counts.Unreadable > 0) reasons.Add($"{ConsoleText.Count(counts.Unreadable, "file")} could not be read");
        if (found.Skipped > 0) reasons.Add($"{ConsoleText.Count(found.Skipped, "file is no image", "files are no images")}");
        if (found.NotEntered > 0) reasons.Add(NotEntered(found));
        return reasons.Count == 0 ? ": no file was found" : ": " + string.Join("; ", reasons);
    }

    private static string NotEntered(ImageFiles found) =>
        $"{ConsoleText.Count(found.NotEntered, "sub-folder was", "sub-folders were")} not entered: add --recursive";

    private static void Above(ConsoleProgress? progress, Action write)
    {
        if (progress is null) write();
        else progress.Above(write);
    }

    private void PrintMessage(string text)
    {
        console.Messages.WriteLine(ConsoleText.Line(text));
        console.Messages.Flush();
    }

    // Everything that rows depend on: the whole model, for its labels and its preprocessing stand beside the network.
    private string Key()
    {
        using SafeFileHandle handle = InputFile.Open(options.Model);
        using var model = new FileStream(handle, FileAccess.Read);
        string settings =
            $"{Convert.ToHexStringLower(SHA256.HashData(model))} {options.Top} {Row.Number(options.Threshold)} "
            + $"{options.MaxPixels} {options.Tta} {options.FormatName} {options.CsvSafe} {options.Recursive}";
        return string.Join('\0', [settings, .. options.Paths]);
    }
}
