using System;
using System.IO;
using System.Linq;
using ModelBuilderConsumer;

// Prints, for every file that is named on the command line, the expression label that annotators would be likely to give it.
string[] files = args.Select(Path.GetFullPath).ToArray();
Environment.CurrentDirectory = AppContext.BaseDirectory; // the model lies beside the program
foreach (string file in files)
{
    var input = new Expressions.ModelInput { ImageSource = File.ReadAllBytes(file) };
    var scores = Expressions.PredictAllLabels(input).ToList();
    Console.WriteLine($"{file}: {Expressions.Predict(input).PredictedLabel} ({string.Join(", ", scores.Select(s => $"{s.Key} {s.Value:0.000}"))})");
}
