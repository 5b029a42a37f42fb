using EmotionMLNet.Terminal;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Predictor;

/// <summary>One run: files in, rows out, in order, in flat memory.</summary>
internal sealed class PredictRun(PredictOptions options, TextWriter output, TextWriter messages, TimeProvider time)
{
    private const string Notice = "Labels are what annotators would be likely to call a picture, not what somebody feels.";
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private int files, failed, skipped;

    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Execute(CancellationToken cancellation)
    {
        var classifier = EmotionClassifier.Load(options.Model, new EmotionClassifierOptions
        {
            Reader = ImageReaderOptions.Default with { MaxPixels = options.MaxPixels },
            TestTimeAugmentation = TestTimeAugmentation.Parse(options.Tta)!,
        });
        if (!options.Quiet) messages.WriteLine($"{Notice} Model: {options.Model}");
        RowFormat format = RowFormat.For(options.Out, classifier.Labels, options.Top);
        Sorter? sorter = options.SortInto is { } root ? new Sorter(root) : null;
        using ResultFile? file = options.Out is { } path ? ResultFile.Open(path, Key(classifier), format) : null;
        if (file is { Done: > 0 }) messages.WriteLine($"continuing: {file.Done} files are done");
        failed = file?.Failed ?? 0;
        if (file is null) output.Write(format.Header);
        try
        {
            IEnumerable<string> todo = ImageFiles.Enumerate(options.Paths, options.Recursive, _ => skipped++).Where(f => file is null || !file.Has(f));
            long start = time.GetTimestamp(), last = start;
            foreach (FileResult result in classifier.ClassifyMany(todo, options.Threads, cancellation))
            {
                Row row = Row.From(result, options.Threshold);
                sorter?.Place(row);
                if (file is not null) file.Add(row);
                else output.Write(format.Line(row));
                files++;
                if (row.Error is not null) failed++;
                if (!options.Quiet && time.GetElapsedTime(last) > Silence)
                {
                    last = time.GetTimestamp();
                    messages.WriteLine(FormattableString.Invariant($"{files} files, {files / time.GetElapsedTime(start).TotalSeconds:0} a second"));
                }
            }
        }
        catch (OperationCanceledException)
        {
            output.Flush();
            messages.WriteLine(file is null ? $"cancelled after {files} files" : $"cancelled after {files} files; the same command continues");
            return ExitCode.Cancelled;
        }
        file?.Complete();
        output.Flush();
        if (!options.Quiet) messages.WriteLine(Summary());
        return failed > 0 ? ExitCode.Findings : ExitCode.Ok;
    }

    private string Summary()
    {
        string text = $"{files} files";
        if (failed > 0) text += $", {failed} could not be read";
        if (skipped > 0) text += $", {skipped} that are no images were skipped";
        return options.Out is null ? text : $"{text}: {options.Out}";
    }

    private string Key(EmotionClassifier classifier)
        => $"{classifier.Manifest.OnnxSha256} {options.Top} {Row.Number(options.Threshold)} {options.MaxPixels} {options.Tta} {Path.GetExtension(options.Out)}";
}
