using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>import: Makes a model zip of an ONNX image classifier.</summary>
internal static class ImportCommand
{
    private const int MostPixels = 4096;

    private static readonly Option<string> Onnx = new("--onnx")
    {
        HelpName = "FILE.onnx",
        Description = "The ONNX file, of any origin.",
        Required = true,
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "MODEL.zip",
        Description = "The model zip to write.",
        Required = true,
    };
    private static readonly Option<string> Labels = new("--labels")
    {
        HelpName = "LIST",
        Description = $"Labels in the order of the scores: {LabelList.Forms}. A file of ours says them itself.",
    };
    private static readonly Option<int?> Width = Side("--width", "width");
    private static readonly Option<int?> Height = Side("--height", "height");
    private static readonly Option<string> Mean = new("--mean")
    {
        HelpName = "LIST",
        Description = "Mean a channel, of samples scaled to 0..1; by default ImageNet's for RGB, 0 for grey.",
    };
    private static readonly Option<string> Deviation = new("--std")
    {
        HelpName = "LIST",
        Description = "Standard deviation a channel, of samples scaled to 0..1; by default ImageNet's for RGB, 1/255 for grey.",
    };
    private static readonly Option<string> Resize = new ChoiceOption("--resize", "stretch", "crop", "pad")
    {
        Description = "What happens to the aspect ratio: stretch, crop or pad.",
        DefaultValueFactory = _ => "stretch",
    };
    private static readonly Option<string> Licence = new("--licence")
    {
        HelpName = "TEXT",
        Description = "What the weights may be used for; recorded in the zip.",
    };

    private static readonly Option<bool> Force = SharedOptions.Force();

    public static Command Create()
    {
        var command = new Verb("import", "Makes a model zip of an ONNX image classifier, to evaluate, compare, train further or use.")
            .Add("Network", Onnx, Labels, Licence)
            .Add("Pictures", Width, Height, Mean, Deviation, Resize)
            .Add("Output", Out, Force)
            .AddExamples("--onnx theirs.onnx --labels angry,happy,sad --out theirs.zip");
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string onnx = parsed.GetValue(Onnx)!, path = parsed.GetValue(Out)!;
        OutputFile.Refuse(path, parsed.GetValue(Force));
        float[]? mean = Channels(parsed, Mean), deviation = Channels(parsed, Deviation);
        if (deviation?.Any(d => d <= 0) == true)
            throw new UserException($"--std {parsed.GetValue(Deviation)}: a standard deviation is above 0.");
        string[]? labels = parsed.GetValue(Labels) is { } given ? SharedOptions.ReadLabels(Labels, given) : null;
        if (!RegularFile.Exists(onnx)) throw new UserException($"{onnx}: there is no such ONNX file.");
        var source = new OnnxSource
        {
            Labels = labels,
            Width = parsed.GetValue(Width) ?? parsed.GetValue(Height),
            Height = parsed.GetValue(Height) ?? parsed.GetValue(Width),
            Resize = parsed.GetValue(Resize) switch { "crop" => ResizeMode.CentreCrop, "pad" => ResizeMode.Pad, _ => ResizeMode.Stretch },
            Mean = mean,
            StandardDeviation = deviation,
            Licence = parsed.GetValue(Licence),
        };
        ModelZip model;
        try
        {
            model = source.Read(onnx);
        }
        catch (HeadlessGraphException e)
        {
            throw new UserException($"{e.Message} To train it: train --data FOLDER --backbone {ShellQuote.Argument(onnx)}");
        }
        model.Save(path);
        ImagePreprocessing p = model.Manifest.Preprocessing;
        Console.Error.WriteLine(
            PrintableText.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{model.Manifest.Architecture}: {model.Network.ParameterCount:N0} parameters, {p.Width} x {p.Height} x "
                        + $"{p.Channels}, mean {Text(p.Mean)}, deviation {Text(p.StandardDeviation)} of samples scaled to 0..1; labels "
                        + $"{string.Join(", ", model.Manifest.Labels)}"
                )
            )
        );
        Console.WriteLine(path);
        return ExitCode.Ok;
    }

    /// <summary>
    /// One number a channel; pictures have one channel or three, so that another count is a mistake, most often a decimal comma.
    /// </summary>
    private static float[]? Channels(ParseResult parsed, Option<string> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        if (Numbers.Read<double>(text, out _) is { } comma && comma.Contains("decimal comma", StringComparison.Ordinal))
            throw new UserException($"{option.Name}: {comma}.");
        double[] numbers = SharedOptions.List(option.Name, text);
        if (numbers.Length is not (1 or 3))
            throw new UserException(
                $"{option.Name} {text}: {Plural.Format(numbers.Length, "number")}, where a picture has 1 channel (grey) or 3 (RGB): "
                    + "give one a channel, with decimal points, as in 0.485,0.456,0.406."
            );
        return [.. numbers.Select(n => (float)n)];
    }

    private static string Text(IReadOnlyList<float> values) =>
        string.Join(", ", values.Select(v => v.ToString(CultureInfo.InvariantCulture)));

    private static OptionalNumberOption<int> Side(string name, string what)
        => new(name) { Description = $"Picture {what} in pixels, where the graph leaves it free.", Least = 1, Most = MostPixels };
}
