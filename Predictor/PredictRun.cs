using System.Security.Cryptography;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Predictor;

/// <summary>One run: files in, rows out, in order, in flat memory.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="console">Where things go.</param>
/// <param name="drawing">Makes pictures, where the options ask for some.</param>
internal sealed class PredictRun(PredictOptions options, RunConsole console, IPictureDrawing? drawing = null)
{
    private const int MostPictureErrors = 5;

    // Each drawing thread holds a whole picture.
    private const int MostDrawn = 4;

    private int files, copyErrors, drawErrors;

    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Execute(CancellationToken cancellation)
    {
        long start = console.Time.GetTimestamp();
        ImageReaderOptions reader = ImageReaderOptions.Default with { MaxPixels = options.MaxPixels };
        EmotionClassifier classifier = ModelChoice.Load(options.Model, new EmotionClassifierOptions
        {
            Reader = reader,
            TestTimeAugmentation = TestTimeAugmentation.Parse(options.Tta),
            Faces = options.Faces,
            Detector = options.Detector is { } detector ? ModelChoice.LoadDetector(detector, reader) : null,
        });
        FaceSearch search = classifier.Faces;
        if (options.Crops is not null && search == FaceSearch.Off)
            throw new UserException("--crops wants faces, and this model labels whole pictures: add --faces largest or --faces all");
        if (!options.Quiet && options.Faces is null && options.Detector is null && classifier.Manifest.Faces is not null)
            PrintMessage($"there is no face detector ({ModelChoice.Detector}.zip): pictures are labelled whole");
        if (!options.Quiet && LabelNotice.IsDue(console.StateFolder, console.Time)) PrintMessage(LabelNotice.Text);
        RowFormat format = RowFormat.For(
            options.FormatName, classifier.Labels, options.Top, options.CsvSafe, hasFaces: search != FaceSearch.Off);
        var counts = new LabelCounts(classifier.Labels, countsFaces: search == FaceSearch.All);
        string key = Key();
        using ResultFile? file = options.File is { } path ? ResultFile.Open(path, key, format, options.Force, counts) : null;
        using GalleryFile? gallery = options.Html is { } page ? GalleryFile.Open(page, key, options.Force, file) : null;
        if (file is { Done: > 0 }) PrintMessage($"continuing: {ConsoleText.Count(file.Done, "file is", "files are")} done");
        var crop = new FaceCrop { Scale = classifier.Manifest.Faces?.Scale ?? 1 };
        PictureOutput? pictures = options.Draws
            ? new PictureOutput(options, drawing!, crop, gallery, isContinued: file is { Done: > 0 })
            : null;
        ImageFiles found = Files(cancellation);
        try
        {
            using IRowWriter rows = file ?? (IRowWriter)new RowStream(console.Output, format);
            Classify(classifier, found, rows, file, pictures, counts, cancellation);
            gallery?.Complete(new GalleryPage(classifier.Labels, Path.GetFileName(options.Model), search != FaceSearch.Off));
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
        return counts.Unreadable > 0 || counts.Labelled == 0 || copyErrors + drawErrors > 0 ? ExitCode.Findings : ExitCode.Ok;
    }

    private void Classify(
        EmotionClassifier classifier,
        ImageFiles found,
        IRowWriter rows,
        ResultFile? file,
        PictureOutput? pictures,
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
        IEnumerable<IReadOnlyList<Row>> classified(CancellationToken stopped) =>
            Rows(classifier, found.Enumerate(stopped).Where(isToDo), stopped);
        // What is made of a file is there before its rows say that it is done.
        foreach (DrawnFile drawn in Drawn(classified, pictures, cancellation))
        {
            IReadOnlyList<Row> all = drawn.Rows;
            if (pictures?.Keep(drawn) is { } reason && ++drawErrors <= MostPictureErrors)
                Above(progress, () => PrintMessage($"{all[0].Path} could not be drawn: {reason}"));
            if (sorter?.Place(all[0]) is { } problem && ++copyErrors <= MostPictureErrors)
                Above(progress, () => PrintMessage($"{all[0].Path} could not be copied: {problem}"));
            if (console.IsShared && file is null) Above(progress, () => rows.Add(all));
            else rows.Add(all);
            files++;
            counts.Add([.. all.Select(r => r.Class)]);
            progress?.Report(new WorkProgress(files, ahead?.Total ?? 0));
        }
    }

    private IEnumerable<DrawnFile> Drawn(
        Func<CancellationToken, IEnumerable<IReadOnlyList<Row>>> classified, PictureOutput? pictures, CancellationToken cancellation)
    {
        if (pictures is null) return classified(cancellation).Select(r => new DrawnFile(r));
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        return Ahead.Select(classified, r => pictures.Draw(r, cancellation), Math.Min(threads, MostDrawn), cancellation);
    }

    // What can't be classified waits for its turn among what can.
    private IEnumerable<IReadOnlyList<Row>> Rows(EmotionClassifier classifier, IEnumerable<FoundFile> found, CancellationToken cancellation)
    {
        var turns = new Queue<FoundFile>();
        foreach (FileResult result in classifier.ClassifyMany(Readable(), options.Threads, cancellation))
        {
            while (turns.Dequeue() is { Problem: { } problem } unreadable) yield return [Row.Failed(unreadable.Path, problem)];
            yield return Row.Of(result, options.Threshold);
        }
        foreach (FoundFile unreadable in turns) yield return [Row.Failed(unreadable.Path, unreadable.Problem!)];

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
            options.OutputFolders.Select(f => f.Folder)
        );

    private void Summarise(ImageFiles found, LabelCounts counts, TimeSpan elapsed)
    {
        PrintMessage(
            $"{ConsoleText.Count(files, "file")} in {ConsoleText.Duration(elapsed.TotalSeconds)} with "
                + $"{Path.GetFileName(options.Model)}{(options.File is null ? "" : $": {options.File}")}"
        );
        if (counts.Labelled + counts.Unreadable + counts.WithoutFace > 0)
        {
            foreach (string line in counts.Table(found.Skipped)) console.Messages.WriteLine(line);
        }
        if (copyErrors > 0) PrintMessage($"{ConsoleText.Count(copyErrors, "file")} could not be copied into {options.SortInto}");
        if (drawErrors > 0) PrintMessage($"{ConsoleText.Count(drawErrors, "file")} could not be drawn");
        foreach (string made in options.OutputFolders.Where(f => f.Option != "--sort-into").Select(f => f.Folder))
            PrintMessage($"pictures: {made}");
        if (options.Html is { } page) PrintMessage($"gallery: {page}");
        if (found.LinksPassed > 0)
            PrintMessage($"{ConsoleText.Count(found.LinksPassed, "link to a folder was", "links to folders were")} not followed");
        if (found.NotEntered > 0 && counts.Labelled > 0) PrintMessage(NotEntered(found));
    }

    private static string Why(ImageFiles found, LabelCounts counts)
    {
        var reasons = new List<string>();
        if (counts.WithoutFace > 0) reasons.Add($"{ConsoleText.Count(counts.WithoutFace, "file has", "files have")} no face");
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
        string settings =
            $"{Hash(options.Model)} {options.Top} {Row.Number(options.Threshold)} "
            + $"{options.MaxPixels} {options.Tta} {options.FormatName} {options.CsvSafe} {options.Recursive}";
        if (options.Detector is not null || options.Faces is not null)
            settings += $" {options.Faces?.ToString() ?? "by model"} {(options.Detector is { } detector ? Hash(detector) : "")}";
        string[] made = [.. new[] { options.Annotate, options.Crops, options.Html }.Select(m => m ?? "")];
        return string.Join('\0', options.Draws ? [settings, .. made, .. options.Paths] : [settings, .. options.Paths]);
    }

    private static string Hash(string path)
    {
        using SafeFileHandle handle = InputFile.Open(path);
        using var content = new FileStream(handle, FileAccess.Read);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
